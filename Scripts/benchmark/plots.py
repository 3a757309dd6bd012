def growth_plot(*_): pass
