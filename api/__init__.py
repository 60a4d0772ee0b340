"""Every way in: pipeline, command line, service and pages."""
