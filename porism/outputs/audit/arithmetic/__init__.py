"""Plain arithmetic in questions and answers, read by a strict grammar of our own and computed exactly.

No text is ever evaluated. ``tokens`` cuts a text into numbers, signs and known words; ``expression`` reads them as a
tree; ``exact`` computes the tree; ``questions`` knows how people ask for a calculation; ``answers`` finds the numbers
in a reply and says whether one of them is right; ``sums`` are the checks.
"""
