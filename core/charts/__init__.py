"""Arrays and data frames -> Plotly figures, in one style and one palette (`core.charts.palette`).

A function here computes nothing but places and colours. Every figure has titles with units on its axes. Fonts, grid
and background come from the page's theme, light or dark.
"""
