"""What the numbers of a sentence are about: a small grammar over the words of the study."""
