"""Alpaca: instructions with inputs and outputs, a whole list of them in each request, from a handful of seed tasks.

Use it where requests cost more than doubt: it asks once where Self-Instruct asks three times. Every item of a reply
becomes a row, with the checks that it passed or failed and its share of the tokens.

Run: ``python examples/alpaca.py``
"""

from porism.generators.alpaca import Alpaca, Settings
from porism.generators.chat import ChatReply, Scripted
from porism.generators.method import Given
from porism.generators.self_instruct import tasks

REPLY = """ Decide whether each of these purchases is a need or a wish.
4. Input:
winter tyres, a second espresso machine, cough syrup
4. Output:
Need: winter tyres, cough syrup. Wish: a second espresso machine, even at $20. The first one works.
5. Instruction: How does a canal lock lift a boat?
5. Input:
No input needed.
5. Output:
The boat enters a chamber and the lower gate shuts. Water from above fills the chamber, and the boat rises with it.
###
6. Instruction: Sketch a flowchart of how a bill becomes law
6. Input:
<noinput>
6. Output:
Draft -> committee -> vote -> signature
"""
model = Scripted([ChatReply(REPLY, input_tokens=600, output_tokens=190)])
method = Alpaca(Given(Settings(style="completion"), model, seed=0, pool=tasks.load()))
_, rows = next(method.records(concurrency=1))
for row in rows:
    print("accepted" if row.accepted else f"rejected: {row.failure.check}: {row.failure.reason}")
    for part, text in row.content.items():
        print(f"  {part}: {text or '-'}")
    print(f"  tokens: {row.notes['input_tokens']} read, {row.notes['output_tokens']} written\n")
