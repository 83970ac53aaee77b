"""The admin commands: what a person does with published tools and their records (REG-4)."""
