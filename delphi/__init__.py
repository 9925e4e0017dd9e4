"""Delphi: multi-round consultations on practice guidance.

Floors, top to bottom; a module imports only from floors below its own:
app | cli | web, jobs, demo | services, reports | queries | models | unit_of_work
| extensions, mail | config | clock, paths | consensus, text, charts | domain.

consensus, text, charts and domain are pure: no Flask, no database, no clock.
A noun keeps its name on every floor: models/rounds.py, queries/rounds.py, services/rounds.py.
This module imports nothing, so that any part can be imported alone.
"""
