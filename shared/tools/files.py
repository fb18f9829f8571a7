"""Files of the tenant's space, and of nothing else."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, Field

from shared.agents.tool import BaseTool, ToolArguments, ToolContext, ToolFailedError
from shared.nodes.files.paths import confined
from shared.nodes.files.writing import WriteConfig, write_file
from shared.nodes.ports import FILES, Files

_MOST: Final = 1_000_000
_SHOWN: Final = 200


class FileRead(ToolArguments):
    """Which file."""

    file_path: str = Field(description="reports/march.csv")
    max_lines: int = Field(100, ge=1, le=10_000)


class FileText(BaseModel):
    """What is in it."""

    text: str
    lines: int
    more: bool = Field(description="Whether there are further lines")


class FileReader(BaseTool[FileRead]):
    """Reads the first lines."""

    name = "file_reader"
    description = "Reads the first lines of a text file of the user's space."
    Arguments = FileRead
    Result = FileText
    needs = frozenset({FILES})
    example = {"file_path": "reports/march.csv", "max_lines": 20}

    async def execute(self, arguments: FileRead, context: ToolContext) -> FileText:
        """Reads."""
        files: Files = context.ports[FILES]
        path = confined(arguments.file_path)
        size = await files.size(path)
        if size is None:
            raise ToolFailedError("NoFile", f"there is no file {path!r}; list the files first")
        text = (await files.read(path, 0, min(size, _MOST))).decode(errors="replace")
        lines = text.splitlines(keepends=True)
        shown = lines[: arguments.max_lines]
        more = len(lines) > len(shown) or size > _MOST
        return FileText(text="".join(shown), lines=len(shown), more=more)


class FileWrite(ToolArguments):
    """What is written."""

    file_path: str = Field(description="reports/march.csv; folders are made")
    content: str = Field(max_length=_MOST)
    mode: Literal["overwrite", "append", "new"] = Field(
        "new", description="Instead of what is there, behind it, or under a free name"
    )


class FileWritten(BaseModel):
    """Where it is."""

    file_path: str
    bytes: int


class FileWriter(BaseTool[FileWrite]):
    """Writes once per call."""

    name = "file_writer"
    description = "Writes a text file into the user's space."
    Arguments = FileWrite
    Result = FileWritten
    needs = frozenset({FILES})
    effects = True
    example = {"file_path": "notes/today.txt", "content": "Hello", "mode": "new"}

    async def execute(self, arguments: FileWrite, context: ToolContext) -> FileWritten:
        """Writes."""
        files: Files = context.ports[FILES]
        how = WriteConfig(mode=arguments.mode, content=arguments.content or "\n")
        done = await write_file(files, how, arguments.file_path, {}, context.idempotency_key)
        return FileWritten(**done)


class FilesBelow(ToolArguments):
    """Which files."""

    folder: str = Field("", description="reports; empty is the whole space")


class FileNames(BaseModel):
    """Their paths."""

    paths: list[str]
    more: bool


class FileList(BaseTool[FilesBelow]):
    """Lists paths in order."""

    name = "file_list"
    description = "Lists the files of the user's space, or of one of its folders."
    Arguments = FilesBelow
    Result = FileNames
    needs = frozenset({FILES})
    example = {"folder": "reports"}

    async def execute(self, arguments: FilesBelow, context: ToolContext) -> FileNames:
        """Lists."""
        files: Files = context.ports[FILES]
        folder = arguments.folder.rstrip("/")
        prefix = f"{confined(folder)}/" if folder else ""
        found = list(await files.list(prefix, _SHOWN + 1))
        return FileNames(paths=found[:_SHOWN], more=len(found) > _SHOWN)


class FileNamed(ToolArguments):
    """Which file."""

    file_path: str


class FileDeleted(BaseModel):
    """Whether there was one."""

    deleted: bool


class FileDelete(BaseTool[FileNamed]):
    """Removes one file."""

    name = "file_delete"
    description = "Deletes a file of the user's space."
    Arguments = FileNamed
    Result = FileDeleted
    needs = frozenset({FILES})
    effects = True
    example = {"file_path": "notes/today.txt"}

    async def execute(self, arguments: FileNamed, context: ToolContext) -> FileDeleted:
        """Deletes."""
        files: Files = context.ports[FILES]
        return FileDeleted(deleted=await files.delete(confined(arguments.file_path)))
