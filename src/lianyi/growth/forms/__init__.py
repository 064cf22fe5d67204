"""Forms: what a brand asks, who answered, and what proves that they agreed.

A definition is data (`schemas`); what somebody sends is judged by it (`checking`), and the browser is given the same
checks as data, so that both say the same sentence. A submission is an event first: the rows that the pages show are
made from events by a projector, and a form that is changed, taken offline or archived loses none. Promises that no
wording which somebody agreed to is ever forgotten while their consent stands, that nobody is counted twice for one
form, and that nothing which was typed is run: not as HTML, not as a formula.
"""
