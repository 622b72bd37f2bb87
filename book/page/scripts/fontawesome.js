// Stands in for the theme's 1.5 MB of icons: its style sheet draws the same icons with a font.
