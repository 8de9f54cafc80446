"""The WSGI application: ``gunicorn wsgi:app``, though `hub serve` sets it up for forking as well."""

from embeddings.encoder import use_threads
from hub import create_app

use_threads(1)  # see hub/serve.py: a parent that will fork must not start threads of its own
app = create_app()
