"""The report as one HTML file, with nothing outside of it: template, style, charts."""
