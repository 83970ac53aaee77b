"""Model providers behind one door: retries, time limits, cache, budgets, ledger and fallback.

The only package that imports the vendors' SDKs, and only when a model is first asked: the server
starts without them. Prompts and the meaning of replies belong to others.
"""

from generators.llm.client import Llm, Ports, open_llm
from generators.llm.options import LlmOptions
from generators.llm.rejection import Problem, ReplyRejected
from generators.llm.values import Answer, Model, ModelRequest, Picture, Provider, Reply, Scope, Stage, Turn

__all__ = [
    "Answer",
    "Llm",
    "LlmOptions",
    "Model",
    "ModelRequest",
    "Picture",
    "Ports",
    "Problem",
    "Provider",
    "Reply",
    "ReplyRejected",
    "Scope",
    "Stage",
    "Turn",
    "open_llm",
]
