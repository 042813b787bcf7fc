"""Cleaning drawings saved by drawing programs: what is removed, and what is still refused."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfit.lib.svg.cleaning import LONGEST_FILE, svg_clean
from runfit.lib.svg.validation import ATTRIBUTES, ELEMENTS, svg_fault
from tests.assessments.browser import Tags

NAMED = '<svg xmlns="http://www.w3.org/2000/svg" '
INKSCAPE = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with Inkscape (http://www.inkscape.org/) -->

<svg
   width="210mm"
   height="297mm"
   viewBox="0 0 210 297"
   version="1.1"
   id="svg5"
   inkscape:version="1.2.2 (b0a8486541, 2022-12-01)"
   sodipodi:docname="reach.svg"
   xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"
   xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"
   xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
   xmlns:cc="http://creativecommons.org/ns#"
   xmlns:dc="http://purl.org/dc/elements/1.1/"
   xmlns="http://www.w3.org/2000/svg"
   xmlns:svg="http://www.w3.org/2000/svg">
  <sodipodi:namedview
     id="namedview7"
     pagecolor="#ffffff"
     inkscape:zoom="0.75"
     showgrid="false"><inkscape:grid type="xygrid" id="grid1" /></sodipodi:namedview>
  <defs
     id="defs2" />
  <metadata id="metadata1">
    <rdf:RDF><cc:Work rdf:about=""><dc:format>image/svg+xml</dc:format>
      <dc:title>A reach</dc:title></cc:Work></rdf:RDF>
  </metadata>
  <g
     inkscape:label="Layer 1"
     inkscape:groupmode="layer"
     id="layer1"
     style="display:inline;stroke-width:1">
    <title id="title9">A leg</title>
    <path
       style="fill:none;stroke:#000000;stroke-width:0.26px;stroke-linecap:butt;stroke-linejoin:miter;\
stroke-miterlimit:4;stroke-dasharray:none;paint-order:normal;-inkscape-stroke:none;\
font-variation-settings:normal;color-rendering:auto;marker:none"
       d="m 10,10 c 1.5,-2 3,4 5,6e-1 z"
       id="path1"
       inkscape:connector-curvature="0"
       sodipodi:nodetypes="cc" />
    <rect style="fill:#ff0000;display:none" width="5" height="5" x="1" y="1" id="rect1" />
  </g>
</svg>
"""
INKSCAPE_TIDY = (
    NAMED + 'width="210mm" height="297mm" viewBox="0 0 210 297"><g stroke-width="1">'
    '<path d="m 10,10 c 1.5,-2 3,4 5,6e-1 z" fill="none" stroke="#000000" stroke-width="0.26px" '
    'stroke-linecap="butt" stroke-linejoin="miter" stroke-miterlimit="4" stroke-dasharray="none" '
    'paint-order="normal" /></g></svg>'
)
ILLUSTRATOR = """<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: Adobe Illustrator 27.5.0, SVG Export Plug-In . SVG Version: 6.00 Build 0)  -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg version="1.1" id="Layer_1" xmlns="http://www.w3.org/2000/svg"
\txmlns:xlink="http://www.w3.org/1999/xlink" x="0px" y="0px" viewBox="0 0 64 32"
\tstyle="enable-background:new 0 0 64 32;" xml:space="preserve">
<style type="text/css">
\t.st0{fill:#FFFFFF;stroke:#1D1D1B;stroke-miterlimit:10;}
\t.st1, .st2 {fill:none;}
\t.st2{stroke-width:2;}
</style>
<g id="Leg" data-name="Leg &amp; foot">
\t<polygon class="st0" points="1,1 2,2 3,1 "/>
\t<line class="st1 st2" x1="1" y1="2" x2="3" y2="4"/>
</g>
</svg>
"""
ILLUSTRATOR_TIDY = (
    NAMED + 'x="0px" y="0px" viewBox="0 0 64 32"><g>'
    '<polygon points="1,1 2,2 3,1 " fill="#FFFFFF" stroke="#1D1D1B" stroke-miterlimit="10" />'
    '<line x1="1" y1="2" x2="3" y2="4" fill="none" stroke-width="2" /></g></svg>'
)
FIGMA = """<svg width="24" height="24" viewBox="0 0 24 24" fill="none" role="img" aria-label="Leg" \
xmlns="http://www.w3.org/2000/svg"><title>Leg</title>
<path fill-rule="evenodd" clip-rule="evenodd" d="M1 1L2 2Z" fill="#D9D9D9"/><defs></defs></svg>"""
FIGMA_TIDY = (
    NAMED + 'width="24" height="24" viewBox="0 0 24 24" fill="none">'
    '<path fill-rule="evenodd" d="M1 1L2 2Z" fill="#D9D9D9" /></svg>'
)


@pytest.mark.parametrize(
    ("saved", "tidy"),
    [(INKSCAPE, INKSCAPE_TIDY), (ILLUSTRATOR, ILLUSTRATOR_TIDY), (FIGMA, FIGMA_TIDY)],
    ids=["Inkscape", "Illustrator", "Figma"],
)
@pytest.mark.parametrize("mark", ["", "\N{ZERO WIDTH NO-BREAK SPACE}"], ids=["", "byte order mark"])
def test_additions_of_drawing_programs_are_removed(saved, tidy, mark):
    assert svg_fault(saved)

    assert ElementTree.canonicalize(svg_clean(mark + saved)) == ElementTree.canonicalize(tidy)
    assert svg_fault(svg_clean(mark + saved)) == ""


def test_plain_drawing_is_unchanged():
    plain = '<svg viewBox="0 0 4 4">\n<g class="accent"><path d="M0 0L4 4"/></g>\n</svg>'

    assert svg_clean(plain) == plain


def saved(inside: str = "", before: str = "", attributes: str = "") -> str:
    """As a drawing program saves it, with markup to remove."""
    return (
        f'<?xml version="1.0"?>{before}<svg xmlns="http://www.w3.org/2000/svg" '
        'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:h="http://www.w3.org/1999/xhtml" '
        f'id="a" viewBox="0 0 4 4" {attributes}><path d="M0 0L4 4"/>{inside}</svg>'
    )


@pytest.mark.parametrize(
    ("inside", "fault"),
    [
        ("<script>alert(1)</script>", "may not have “script”, only "),
        ("<foreignObject><h:p/></foreignObject>", "may not have “foreignObject”, only "),
        ("<h:script>alert(1)</h:script>", "may not have “{http://www.w3.org/1999/xhtml}script”"),
        ('<image xlink:href="https://example.org/a.png"/>', "may not have “image”, only "),
        ('<use xlink:href="#a"/>', "may not have “use”, only "),
        ('<g xlink:href="#a"><path/></g>', "may not have “href” on its “g”."),
        ('<path onclick="alert(1)"/>', "may not have “onclick” on its “path”."),
        ('<path style="onclick:alert(1)"/>', "may not have “onclick” on its “path”."),
        ('<path style="fill:url(https://example.org)"/>', "has a value of “fill” that is not "),
        ('<path style="filter:url(#f)"/>', "may not have “filter” on its “path”."),
        ('<path style="clip-path:url(#f)"/>', "may not have “clip-path” on its “path”."),
        ("<defs><linearGradient/></defs>", "may not have “defs”, only "),
        ("<style>@import 'https://example.org';</style>", "may not have “style”, only "),
        ("<style>path{fill:red}</style>", "may not have “style”, only "),
        ("<style>.a.b{fill:red}</style>", "may not have “style”, only "),
        ("<style>.a .b{fill:red}</style>", "may not have “style”, only "),
        ("<style>.a{fill:url(https://e.org)}</style><g class='a'><path/></g>", "has a value of "),
        ("<text>Hello</text>", "may not have “text”, only "),
        ("<a><path/></a>", "may not have “a”, only "),
        ("<metadata/>Hello", "may not have words in it."),
        ("<animate/>", "may not have “animate”, only "),
    ],
)
def test_harmful_markup_is_still_refused(inside, fault):
    assert svg_fault(svg_clean(saved())) == ""

    assert svg_fault(svg_clean(saved(inside))).startswith(fault)


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE svg [<!ENTITY a "b">]>',
        '<!DOCTYPE svg [<!ENTITY % a SYSTEM "https://example.org">%a;]>',
        '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_entities_are_refused_unread(before):
    assert svg_fault(svg_clean(saved(before=before))) == (
        "may not declare entities. Save it as plain SVG."
    )


def test_attribute_default_from_the_doctype_is_checked():
    before = '<!DOCTYPE svg [<!ATTLIST path onload CDATA "alert(1)">]>'

    assert svg_fault(svg_clean(saved(before=before))) == ("may not have “onload” on its “path”.")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<?xml version='1.0'?><svg",
        "<?xml version='1.0'?><svg>&nbsp;</svg>",
        "\ud800",
        saved("<g>" * 20_000 + "</g>" * 20_000),
    ],
    ids=["nothing", "cut off", "unknown entity", "half a character", "too deep"],
)
def test_unparsable_text_is_unchanged_and_refused(text):
    assert svg_clean(text) == text
    assert svg_fault(text)


def test_too_large_file_is_not_parsed():
    large = saved("<metadata>" + " " * LONGEST_FILE + "</metadata>")

    assert svg_fault(svg_clean(large)).startswith("must be at most 10,000 characters")


def test_removed_markup_does_not_count_toward_the_limit():
    assert svg_fault(svg_clean(saved(f"<metadata>{'x' * 100_000}</metadata>"))) == ""


CLUTTER = st.sampled_from(
    [
        "<!-- a note -->",
        "<?program state?>",
        "<metadata>words</metadata>",
        "<title>A leg</title>",
        "<desc/>",
        "<defs id='d'/>",
        "<x:view x:zoom='2'><x:grid/>words</x:view>",
        "<x:script>words</x:script>",
        "<g/>",
        "<path style='display:none' d='M9 9'/>",
        "\n  ",
    ]
)
MARKS = st.lists(
    st.sampled_from(
        ["id='i'", "x:label='words'", "version='1.1'", "data-name='n'", "xml:space='preserve'",
         "font-family='Arial'", "style='-x-y:z;marker:none'"]
    ),
    unique=True,
)  # fmt: skip
NOISE = st.text(alphabet="<>/=\"' svgpathdclonick:;&!-{}.x", max_size=40)


@given(st.lists(CLUTTER, min_size=4, max_size=4), st.lists(MARKS, min_size=3, max_size=3))
def test_shapes_survive_whatever_is_between_them(between, marks):
    on_svg, on_group, on_path = map(" ".join, marks)
    cluttered = (
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:x="urn:x" '
        f'viewBox="0 0 1 1" {on_svg}>{between[0]}<g class="accent" {on_group}>{between[1]}'
        f'<path d="M0 0" {on_path}>{between[2]}</path></g>{between[3]}</svg>'
    )

    assert ElementTree.canonicalize(svg_clean(cluttered)) == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">'
        '<g class="accent"><path d="M0 0"></path></g></svg>'
    )


@given(NOISE, NOISE, NOISE)
def test_cleaning_never_lets_forbidden_markup_through(inside, attributes, style):
    tidy = svg_clean(saved(f"{inside}<style>{style}</style>", attributes=attributes))

    assert svg_clean(tidy) == tidy
    if svg_fault(tidy) == "":
        found = Tags(tidy).found
        assert {tag for tag, _ in found} <= ELEMENTS
        assert {name for _, said in found for name in said} <= {
            name.lower() for name in ATTRIBUTES | {"xmlns"}
        }
