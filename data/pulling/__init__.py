"""Pulls a log from a platform that serves the same API: page by page, with totals as the witness of what a walk cannot see."""
