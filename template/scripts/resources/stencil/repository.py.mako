"""Questions about ${r.several}."""

from ...chassis.db.repository import Repository
% for f in unique:
from ...errors.${r.plural} import ${taken(f)}
% endfor
% for f in r.refs:
from ...errors.${tables[f.target]} import ${f.not_found}
% endfor
from ..models.${r.name} import ${r.title}


class ${r.title}Repository(Repository[${r.title}]):
    model = ${r.title}
% if violations:
    violations = {
% for name, error in violations:
        "${name}": ${error},
% endfor
    }
% endif
