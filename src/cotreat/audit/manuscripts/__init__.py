"""What a manuscript says, and where: passages, sentences, tables."""
