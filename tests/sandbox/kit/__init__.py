"""The workflow kit."""
