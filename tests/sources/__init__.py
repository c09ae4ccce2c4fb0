"""The sources of the template: few control statements, and real Python before it is rendered."""
