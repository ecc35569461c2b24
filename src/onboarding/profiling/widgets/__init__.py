"""One file per look of a question: parses form strings, describes a control."""
