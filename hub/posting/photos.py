"""The photograph of what is shared: taken in, made small, taken out."""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlmodel import Session

from hub.database import now
from hub.language import _
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.tables import Kind, Photo
from hub.text import check_length, has_words, one_line

LARGEST = 10 * 1024**2  # bytes; a telephone's photograph has three to eight million
SIDE = 1600  # pixels of the longer side, as it is kept
MOST_PIXELS = 60_000_000  # as it comes: up to four bytes each until it is made small
QUALITY = 80
FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_DESCRIPTION = 200


@dataclass(frozen=True)
class Picture:
    """A photograph as it is kept: WebP, its longer side at most ``SIDE`` pixels."""

    data: bytes
    width: int
    height: int


def picture(file: bytes) -> Picture:
    """Makes of a file what is kept: upright, small, without the place and the camera that are noted in it.

    :raises Problem: in the reader's language, when it is no photograph that can be read.
    """
    if not file:
        raise Problem(_("사진 파일을 고르십시오."))
    if len(file) > LARGEST:
        raise Problem(_("사진이 너무 큽니다. %(n)dMB까지 받습니다.", n=LARGEST // 1024**2), status=413)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the next line is our own limit
            with Image.open(io.BytesIO(file), formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise Problem(
                        _(
                            "사진이 %(w)d×%(h)d 화소로 너무 큽니다. %(n)d백만 화소까지 받습니다.",
                            w=opened.width,
                            h=opened.height,
                            n=MOST_PIXELS // 1_000_000,
                        )
                    )
                opened.draft("RGB", (SIDE, SIDE))  # a JPEG is read no larger than it is needed
                return _kept(opened)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise Problem(
            _("사진으로 읽을 수 없는 파일입니다. JPEG, PNG, WebP 가운데 하나로 저장해 다시 고르십시오.")
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise Problem(_("사진 파일이 깨져 있어 끝까지 읽을 수 없습니다. 다른 파일을 고르십시오.")) from error


def _kept(opened: Image.Image) -> Picture:
    # Made small before all else: each further copy of the whole would take as much memory again.
    whole = opened
    if opened.mode not in ("RGB", "RGBA", "L", "LA", "CMYK"):  # a palette has no colours between its own
        whole = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    whole.thumbnail((SIDE, SIDE))
    small = ImageOps.exif_transpose(whole)
    if small.has_transparency_data:
        clear = small.convert("RGBA")
        small = Image.new("RGB", clear.size, "white")
        small.paste(clear, mask=clear)
    small = small.convert("RGB")
    written = io.BytesIO()
    small.save(written, "WEBP", quality=QUALITY)
    return Picture(written.getvalue(), small.width, small.height)


def description(text: str) -> str:
    """What a photograph shows, for those who do not see it, cleaned and checked.

    :raises Problem: when nothing is said, or too much.
    """
    line = one_line(text)
    if not has_words(line):
        raise Problem(_("사진에 무엇이 보이는지 적어 주십시오. 화면을 볼 수 없는 분에게 읽어 드립니다."))
    check_length(_("사진 설명"), line, LONGEST_DESCRIPTION)
    return line


def keep_photo(session: Session, statement_id: int, kept: Picture, described: str) -> None:
    """Gives a statement its photograph, in place of the one that it had."""
    if read.statement(session, statement_id, held=True).kind != Kind.ASSET:
        raise Problem(_("사진은 공유 자산에만 넣습니다."), status=409)
    session.merge(
        Photo(
            statement_id=statement_id,
            data=kept.data,
            width=kept.width,
            height=kept.height,
            described=described,
            updated_at=now(),
        )
    )


def remove_photo(session: Session, statement_id: int) -> None:
    """Takes the photograph of a statement out, if it has one."""
    read.statement(session, statement_id, held=True)
    held = session.get(Photo, statement_id)
    if held is not None:
        session.delete(held)
