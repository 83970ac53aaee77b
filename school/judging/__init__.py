"""The judgement of PROVE-2 on trial runs: is this workflow what was asked for?"""
