"""The packages of a wheel: all under src/, and the top level's flows/ and examples/; the rest is in
pyproject.toml.
"""

from setuptools import find_packages, setup

setup(packages=[*find_packages("src"), "litmap.flows", "litmap.examples"])
