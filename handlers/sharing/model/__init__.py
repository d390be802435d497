"""The nouns: what a request, a catalogue, a classification and a record are. They import nothing but each other."""
