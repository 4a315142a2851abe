"""Language models: the one that the settings name, what it wrote, and what of that is shown.

A refresh asks it ahead (`pipeline.written_texts`), a command or the app when a reader does
(`Writer`). Answers are kept as they came, by what was asked (`kept_answers`), and checked each time
they are read (`reader`).
"""
