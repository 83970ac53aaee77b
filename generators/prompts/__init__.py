"""Prompts as versioned files, and the fence around what comes from a source.

Each ``*.md`` file here is one prompt: front matter with its name and number, the instructions, and
the message with its blanks. The version that is stored with what a prompt produced is the number and
a hash of the file, so that no change to a prompt goes unseen.
"""

from generators.prompts.fence import fenced, foreign_script, unsafe_wording, without_orders
from generators.prompts.kit import kit_reference
from generators.prompts.prompt import Prompt, load_prompt

__all__ = ["Prompt", "fenced", "foreign_script", "kit_reference", "load_prompt", "unsafe_wording", "without_orders"]
