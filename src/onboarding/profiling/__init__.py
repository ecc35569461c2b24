"""Ask when a feature opens: questions, answers and the decision between them."""
