from litmap.references.lists import read_references
