"""What a service may have or not, one package per part: the group of its settings in `settings.py`,
what opens it in `lifespan.py`, its middleware in `middleware.py`, what measures it in
`observer.py`. Parts don't know each other."""
