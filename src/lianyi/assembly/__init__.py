"""Floor 12: the only place that knows everybody: settings, addresses, the pipeline, processes, the demo."""
