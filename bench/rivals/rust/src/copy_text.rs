//! Rows of COPY's text format: https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-FILE-FORMATS

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

const CHUNK_BYTES: usize = 256 * 1024;

/// Calls `use_row` with the values of each row, which are valid only until it is done.
pub fn read_rows<E: From<io::Error>>(
    path: &Path,
    mut use_row: impl FnMut(&[Option<Cow<str>>]) -> Result<(), E>,
) -> Result<(), E> {
    let mut input = BufReader::with_capacity(CHUNK_BYTES, File::open(path)?);
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let text = std::str::from_utf8(line.strip_suffix(b"\n").unwrap_or(&line))
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let values: Vec<Option<Cow<str>>> = text.split('\t').map(value_of).collect();
        use_row(&values)?;
        line.clear();
    }
    Ok(())
}

fn value_of(field: &str) -> Option<Cow<'_, str>> {
    if field == "\\N" {
        return None;
    }
    if !field.contains('\\') {
        return Some(Cow::Borrowed(field));
    }
    let mut text = String::with_capacity(field.len());
    let mut characters = field.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '\\' => match characters.next().unwrap_or('\\') {
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'v' => '\u{b}',
                other => other,
            },
            other => other,
        });
    }
    Some(Cow::Owned(text))
}
