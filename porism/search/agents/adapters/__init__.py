"""Search as a model of other agent frameworks: each module wraps one framework's model in a model of its own.

Each needs its framework (``pip install 'porism[adapters]'``) and nothing else imports it.
"""
