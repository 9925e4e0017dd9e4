"""Pure: numbers to accessible SVG."""
