"""What words mean, shared by understanding, by workflows at run time and by the judge: pure rules."""
