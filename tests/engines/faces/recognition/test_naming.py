"""Whose picture a file shows, by its name or its folder's."""

from engines.faces.recognition.naming import people_of, person_of


def test_whose_picture_it_is():
    assert person_of("lfw/Ana_Maria_0012.jpg") == "Ana_Maria"
    assert person_of("Ana Maria/IMG_0012.jpg") == "Ana Maria"
    assert person_of("orl/s1/10.pgm") == "s1"
    assert person_of("Ana/holiday_0001.jpg", "folder") == "Ana"
    assert person_of("Ana/Eva_0001.jpg", "file") == "Eva"
    assert person_of("portraits/Eva.jpg", "file") == "Eva"
    assert people_of(["x/Ana/Eva_0001.jpg", "x/Ben/sea_0002.jpg"]) == ("Ana", "Ben")
    assert people_of(["x/Ana_0001.jpg", "x/Ben_0002.jpg"]) == ("Ana", "Ben")
