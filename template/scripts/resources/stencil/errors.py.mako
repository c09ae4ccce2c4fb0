"""What can go wrong with ${r.several}."""

from ..chassis.errors import Conflict, NotFound


class ${r.title}NotFound(NotFound):
    detail = "There is no ${one} with this id."
% for f in unique:


class ${taken(f)}(Conflict):
    detail = "Another ${one} has this ${said(f)}."
% endfor
