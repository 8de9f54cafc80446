"""Which region an address lies in, however its province is written."""

from __future__ import annotations

import pytest

from hub.regions.addresses import region_of_address


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("강원 원주시 흥업면 남원로 150", "51130"),
        ("강원도 원주시", "51130"),
        ("강원특별자치도 원주시", "51130"),
        ("전라북도 전주시 덕진구", "52110"),
        ("전북특별자치도  전주시", "52110"),
        ("서울 중구", "11140"),
        ("부산광역시 중구 중앙대로", "26110"),
        ("경기도 수원시 영통구", "41110"),
        ("세종특별자치시 조치원읍", "36110"),
        ("제주특별자치도 제주시", "50110"),
        ("경상북도 군위군", "27720"),
        ("대구광역시 군위군", "27720"),
        ("인천광역시 남구", "28177"),
        ("경상남도", "48"),
        ("경남 어딘가", "48"),
        ("", None),
        ("어딘가", None),
        ("Busan", None),
    ],
)
def test_where_an_address_lies(address: str, code: str | None) -> None:
    assert region_of_address(address) == code
