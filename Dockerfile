# litmap with its Prefect flow, its app and Tesseract. compose.yaml starts all of it:
# see docs/how-to/containers.md.
FROM python:3.12-slim-bookworm

# hadolint ignore=DL3008 # versions come with the release of Debian that the image names
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tesseract-ocr \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /litmap
# torch first, in a layer of its own. TORCH_OPTIONS names the index of builds without CUDA, which
# torch's installation page has: --build-arg TORCH_OPTIONS="--extra-index-url …"
ARG TORCH_OPTIONS=""
COPY constraints.txt ./
# hadolint ignore=SC2086 # the options are words
RUN pip install --no-cache-dir --constraint constraints.txt ${TORCH_OPTIONS} torch

COPY pyproject.toml setup.py README.md LICENSE ./
COPY src src
COPY flows flows
COPY examples examples
RUN pip install --no-cache-dir --constraint constraints.txt .
COPY prefect.yaml ./

# One volume holds all that is kept: the library, what is shared between libraries, Prefect's runs.
RUN useradd --create-home --uid 1000 reader && install --directory --owner=reader /papers
USER 1000
ENV LITMAP_LIBRARY=/papers/library \
    LITMAP_STATE=/papers/state \
    LITMAP_NOTES=/notes \
    PREFECT_HOME=/papers/prefect \
    PREFECT_SERVER_ANALYTICS_ENABLED=false
VOLUME /papers
CMD ["litmap", "refresh"]
