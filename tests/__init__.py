"""The template's own suite: the questionnaire, the sources of the template, and every variant."""
