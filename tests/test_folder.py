"""A folder of posts, listed."""

import os
import sys

import pytest

from coranto.readers.folder import scan


@pytest.fixture
def root(tmp_path):
    """A folder as people have them."""
    place = tmp_path / "site" / "content" / "posts"
    for name in ["b.md", "a.markdown", "C.HTML", "sub/x.md", "sub/deep/y.md", "sub-1.md", "old.txt", "pic.jpg",
                 ".hidden.md", ".git/z.md", "a.md~", "#b.md#", "b.md.bak", "b.md.swp"]:  # fmt: skip
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("x", "utf-8")
    return place


def paths(root, glob="**/*", exclude=()):
    return [post.path for post in scan(root, glob, exclude)]


def test_posts_come_sorted_by_their_whole_path(root):
    assert paths(root) == ["C.HTML", "a.markdown", "b.md", "sub-1.md", "sub/deep/y.md", "sub/x.md"]
    assert paths(root) == sorted(paths(root))


@pytest.mark.parametrize(
    ("glob", "found"),
    [
        ("*.md", ["b.md", "sub-1.md"]),
        ("**/*.md", ["b.md", "sub-1.md", "sub/deep/y.md", "sub/x.md"]),
        ("sub/*.md", ["sub/x.md"]),
        ("sub/**", ["sub/deep/y.md", "sub/x.md"]),
        ("**/[xy].md", ["sub/deep/y.md", "sub/x.md"]),
        ("**/[!x].md", ["b.md", "sub/deep/y.md"]),
        ("?.md", ["b.md"]),
        ("b.md", ["b.md"]),
        ("*", ["C.HTML", "a.markdown", "b.md", "sub-1.md"]),
        ("*.txt", ["old.txt"]),
    ],
)
def test_globs(root, glob, found):
    assert paths(root, glob) == found


@pytest.mark.parametrize(
    "pattern", ["sub/**", "*/sub/**", "posts/sub/**", "content/posts/sub/**", "./content/posts/sub/**"]
)
def test_an_exclusion_matches_below_the_root_or_as_written(root, pattern):
    left = paths(root, exclude=(pattern,))
    assert ("sub/x.md" in left) == (pattern == "*/sub/**")
    assert "b.md" in left


def test_an_exclusion_matches_the_end_of_a_path_and_never_a_folder_above(root):
    assert "sub/deep/y.md" not in paths(root, exclude=("y.md",))
    assert "sub/deep/y.md" not in paths(root, exclude=("deep/*",))
    assert paths(root, exclude=("site/**", "content/*")) == paths(root)


def test_state_is_what_the_file_system_says(root):
    post = next(iter(scan(root, "b.md")))
    state = (root / "b.md").stat()
    assert (post.size, post.mtime_ns, post.inode, post.sha256) == (1, state.st_mtime_ns, state.st_ino, "")


def test_links_out_of_the_folder_are_no_posts(root, tmp_path):
    """RELIABILITY 2: symlinks in posts (Jekyll CVE-2018-17567)."""
    (tmp_path / "secret.md").write_text("x", "utf-8")
    (root / "out.md").symlink_to(tmp_path / "secret.md")
    (root / "gone.md").symlink_to(root / "nothing.md")
    (root / "itself.md").symlink_to(root / "itself.md")
    (root / "there.md").symlink_to(root / "back.md")
    (root / "back.md").symlink_to(root / "there.md")
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "outside").symlink_to(tmp_path, target_is_directory=True)
    (root / "inside.md").symlink_to(root / "b.md")
    assert set(paths(root)) - {"inside.md"} == {"C.HTML", "a.markdown", "b.md", "sub-1.md", "sub/deep/y.md", "sub/x.md"}
    assert "inside.md" in paths(root)


def test_a_twin_folder_with_a_longer_name_is_outside(root):
    twin = root.parent / "posts-private"
    twin.mkdir()
    (twin / "s.md").write_text("x", "utf-8")
    (root / "s.md").symlink_to(twin / "s.md")
    assert "s.md" not in paths(root)


def test_a_linked_root_is_followed(root, tmp_path):
    (tmp_path / "link").symlink_to(root)
    assert paths(tmp_path / "link") == paths(root)


def test_what_is_no_regular_file_is_left_out(root):
    os.mkfifo(root / "pipe.md")
    (root / "folder.md").mkdir()
    assert {"pipe.md", "folder.md"}.isdisjoint(paths(root))


def test_a_missing_root_is_an_error_and_not_an_empty_folder(tmp_path):
    """IDENTITY A.6: a folder that is missing is held, nothing is withdrawn."""
    with pytest.raises(FileNotFoundError, match="no such folder"):
        list(scan(tmp_path / "posts", "**/*.md"))


@pytest.mark.skipif(sys.platform == "darwin", reason="its file system refuses such names")
def test_a_name_that_is_not_utf8_is_reported(root):
    os.close(os.open(os.fsencode(root) + b"/\xb9\xe3.md", os.O_CREAT))
    reported = [post for post in scan(root, "**/*") if post.failure]
    assert [post.path for post in reported] == ["\\udcb9\\udce3.md"]
    assert "rename it" in reported[0].failure.error
