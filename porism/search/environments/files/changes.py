"""Changes of a folder. Each makes its change in the scene's own files, not through the tools."""

from collections.abc import Callable

from porism.search.environments.compose import Part
from porism.search.environments.files.folders import PEOPLE, TASKS, TOPICS, number
from porism.search.environments.files.questions import Scene, lines, read
from porism.search.tools.calls import Call

Change = Callable[[Scene], Part | None]


def part(scene: Scene, path: str, said: str, *calls: Call) -> Part:
    """A change; what it touches is the folder of ``path``."""
    return Part(said, calls, touched=path.partition("/")[0])


def move(scene: Scene) -> Part | None:
    """Rename notes/garden.md to notes/roof.md."""
    path = scene.some()
    folder, _, name = path.rpartition("/")
    other = scene.rng.choice(TOPICS) + "." + name.rpartition(".")[2]
    aside = scene.rng.random() < 0.4
    target = f"archive/{name}" if aside else f"{folder}/{other}"
    if not path or target in scene.files:
        return None
    scene.files[target] = scene.files.pop(path)
    said = f"move {path} to the folder archive" if aside else f"rename {path} to {target}"
    return part(scene, path, said, _move(path, target))


def copy(scene: Scene) -> Part | None:
    """Make a copy of notes/garden.md under the name notes/roof.md."""
    path = scene.some()
    target = f"{path.rpartition('/')[0]}/{scene.rng.choice(TOPICS)}.{path.rpartition('.')[2]}"
    if not path or target in scene.files:
        return None
    scene.files[target] = scene.files[path]
    form = scene.rng.choice(["make a copy of {} under the name {}", "copy {} to {}"])
    return part(scene, path, form.format(path, target), Call.of("copy", {"source": path, "target": target}))


def delete(scene: Scene) -> Part | None:
    """Delete the file pages/roof.tmp."""
    path = scene.some()
    if not path:
        return None
    del scene.files[path]
    return part(scene, path, f"delete the file {path}", Call.of("delete", {"path": path}))


def add_line(scene: Scene) -> Part | None:
    """Add the line "- buy stamps" at the end of notes/garden.md."""
    path, line = scene.some("notes", ".md"), f"- {scene.rng.choice(TASKS)}"
    if not path:
        return None
    scene.files[path] += line + "\n"
    form = scene.rng.choice(['add the line "{}" at the end of {}', 'put "{}" as a new last line into {}'])
    return part(scene, path, form.format(line, path), Call.of("append", {"path": path, "text": line + "\n"}))


def write(scene: Scene) -> Part | None:
    """Create the file drafts/roof.txt with the text "Buy stamps"."""
    folder = scene.folders[scene.rng.choice(sorted(scene.folders))]
    path, text = f"{folder}/{scene.rng.choice(TOPICS)}.txt", scene.rng.choice(TASKS).capitalize()
    if path in scene.files:
        return None
    scene.files[path] = text + "\n"
    call = Call.of("write_file", {"path": path, "text": text + "\n"})
    return part(scene, path, f'create the file {path} with the text "{text}"', call)


def set_line(scene: Scene) -> Part | None:
    """Set port to 9000 in config/mail.ini, with or without knowing what it was."""
    path = scene.some("settings", ".ini")
    found = [line for line in lines(scene.files.get(path, "")) if " = " in line]
    if not found:
        return None
    old = scene.rng.choice(found)
    name = old.partition(" = ")[0]
    new = f"{name} = {number(scene.rng, name)}"
    if new == old or scene.files[path].count(old) > 1:
        return None
    scene.files[path] = scene.files[path].replace(old, new)
    call = Call.of("replace_text", {"path": path, "old": old, "new": new})
    if scene.rng.random() < 0.4:
        return part(scene, path, f'replace the line "{old}" in {path} by "{new}"', call)
    return part(scene, path, f"set {name} to {new.rpartition(' ')[2]} in {path}", read(path), call)


def extract(scene: Scene) -> Part | None:
    """Copy all lines of logs/mail.log that contain ERROR to logs/errors.txt."""
    path, word = scene.some("logs", ".log"), scene.rng.choice(["ERROR", "WARNING", "INFO"])
    found = [line for line in lines(scene.files.get(path, "")) if word in line]
    target = f"{path.rpartition('.')[0]}-{word.lower()}.txt"
    if not found or target in scene.files:
        return None
    text = "\n".join(found) + "\n"
    scene.files[target] = text
    said = f"write all lines of {path} that contain {word} into a new file {target}"
    return part(scene, path, said, read(path), Call.of("write_file", {"path": target, "text": text}))


def merge(scene: Scene) -> Part | None:
    """Join sales/north.csv and sales/south.csv into sales/all.csv, and perhaps delete the two."""
    inside = [path for path in scene.inside("tables") if path.endswith(".csv")]
    if len(inside) < 2:
        return None
    first, second = scene.rng.sample(inside, 2)
    target = f"{scene.folders['tables']}/all.csv"
    if target in scene.files:
        return None
    text = scene.files[target] = scene.files[first] + scene.files[second]
    said = f"join {first} and {second}, in this order, into a new file {target}"
    calls = [read(first), read(second), Call.of("write_file", {"path": target, "text": text})]
    if scene.rng.random() < 0.5:
        said += ", and delete the two"
        for path in (first, second):
            del scene.files[path]
            calls.append(Call.of("delete", {"path": path}))
    return part(scene, first, said, *calls)


def rename_all(scene: Scene) -> Part | None:
    """Rename all .txt files in drafts so that they end in .md, or move them to archive."""
    kind = scene.rng.choice(["drafts", "leftovers", "tables", "letters"])
    inside = scene.inside(kind)
    if not inside:
        return None
    folder, ending = scene.folders[kind], scene.rng.choice(inside).rpartition(".")[2]
    paths = [path for path in inside if path.endswith("." + ending)]
    aside = scene.rng.random() < 0.4
    new = scene.rng.choice([each for each in ("md", "text", "old") if each != ending])
    targets = [f"archive/{path.rpartition('/')[2]}" if aside else f"{path.rpartition('.')[0]}.{new}" for path in paths]
    if set(targets) & set(scene.files) or len(paths) < 2:
        return None
    for path, target in zip(paths, targets, strict=True):
        scene.files[target] = scene.files.pop(path)
    those = f"all files ending in .{ending} in the folder {folder}"
    said = f"move {those} to the folder archive" if aside else f"rename {those} so that they end in .{new}"
    return part(scene, paths[0], said, _list(folder), *map(_move, paths, targets))


def delete_all(scene: Scene) -> Part | None:
    """Delete all .tmp files in pages."""
    inside, ending = scene.inside("leftovers"), scene.rng.choice(["tmp", "bak"])
    paths = [path for path in inside if path.endswith("." + ending)]
    if not paths:
        return None
    for path in paths:
        del scene.files[path]
    folder = scene.folders["leftovers"]
    said = f"delete every file ending in .{ending} in the folder {folder}"
    return part(scene, paths[0], said, _list(folder), *(Call.of("delete", {"path": path}) for path in paths))


def index(scene: Scene) -> Part | None:
    """Write notes/index.txt with the names of the files in notes."""
    kind = scene.rng.choice(sorted(scene.folders))
    inside, target = scene.inside(kind), f"{scene.folders[kind]}/index.txt"
    if not inside or target in scene.files:
        return None
    text = "".join(path.rpartition("/")[2] + "\n" for path in inside)
    scene.files[target] = text
    folder = scene.folders[kind]
    said = f"write {target}, with the name of every file in {folder} on a line of its own, in alphabetical order"
    return part(scene, target, said, _list(folder), Call.of("write_file", {"path": target, "text": text}))


def replace_all(scene: Scene) -> Part | None:
    """Replace Mr Brown by Ms Duarte in all files of letters."""
    old, new = scene.rng.sample(PEOPLE, 2)
    paths = [path for path in scene.inside("letters") if old in scene.files[path]]
    if not paths:
        return None
    for path in paths:
        scene.files[path] = scene.files[path].replace(old, new)
    folder = scene.folders["letters"]
    calls = [Call.of("replace_text", {"path": path, "old": old, "new": new}) for path in paths]
    said = f"replace the name {old} by {new} in all files of the folder {folder}"
    return part(scene, paths[0], said, Call.of("search_text", {"text": old, "folder": folder}), *calls)


CHANGES: tuple[Change, ...] = (
    move, copy, delete, add_line, write, set_line, extract, merge, rename_all, delete_all, index, replace_all,
)  # fmt: skip


def _move(source: str, target: str) -> Call:
    return Call.of("move", {"source": source, "target": target})


def _list(folder: str) -> Call:
    return Call.of("list_files", {"folder": folder})
