"""A page workflow at work while another page tries every way out of the browser: python -m examples.boxed_pages."""
