"""Jobs that outlive their process: learning, and whatever else takes long.

``board`` is what other rooms use and costs nothing to open. The engine (DBOS) is loaded when this process first has
a job to work on: it keeps each finished step, queues, and hands a dead worker's jobs to the living. Which kinds of
jobs there are is told by ``kinds``.
"""

from school.jobs.board import JobDesk, Learning, open_job_desk
from school.jobs.problems import JobRefused, UnknownJob

__all__ = ["JobDesk", "JobRefused", "Learning", "UnknownJob", "open_job_desk"]
