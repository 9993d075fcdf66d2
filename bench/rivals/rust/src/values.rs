//! The sample orders: what each column's text is in a spreadsheet.

use rust_xlsxwriter::ExcelDateTime;
use std::borrow::Cow;

#[derive(Clone, Copy)]
pub enum Kind {
    Number,
    Text,
    Time,
}

use Kind::{Number, Text, Time};
pub const COLUMNS: [(&str, Kind, f64); 13] = [
    ("Order ID", Number, 12.0),
    ("Tenant", Text, 38.0),
    ("User", Text, 38.0),
    ("Customer ID", Number, 12.0),
    ("Customer", Text, 20.0),
    ("E-mail", Text, 30.0),
    ("Status", Text, 10.0),
    ("Total", Number, 12.0),
    ("Currency", Text, 8.0),
    ("Quantity", Number, 8.0),
    ("Note", Text, 24.0),
    ("Placed at", Time, 20.0),
    ("Updated at", Time, 20.0),
];

pub enum Value<'a> {
    Number(f64),
    Text(&'a str),
    Time(ExcelDateTime),
}

/// What has no number or date in a spreadsheet is text, and a text is as long as a cell can be.
pub fn value_of<'a>(text: &'a Cow<str>, kind: Kind) -> Value<'a> {
    match kind {
        Number => text.parse().map_or(Value::Text(text), Value::Number),
        Time => time_of(text).map_or(Value::Text(text), Value::Time),
        Text => Value::Text(cut(text)),
    }
}

const MOST_CHARACTERS: usize = 32_767;

fn cut(text: &str) -> &str {
    if text.len() <= MOST_CHARACTERS {
        return text;
    }
    let end = text.char_indices().nth(MOST_CHARACTERS);
    end.map_or(text, |(at, _)| &text[..at])
}

/// `2026-01-31 13:45:00+00`, with or without a fraction.
fn time_of(text: &str) -> Option<ExcelDateTime> {
    let time = text.strip_suffix("+00")?;
    let number = |from: usize, to: usize| -> Option<u16> {
        let digits = time.as_bytes().get(from..to)?;
        digits.iter().try_fold(0, |number, digit| {
            digit
                .is_ascii_digit()
                .then(|| number * 10 + u16::from(digit - b'0'))
        })
    };
    let date =
        ExcelDateTime::from_ymd(number(0, 4)?, number(5, 7)? as u8, number(8, 10)? as u8).ok()?;
    let seconds = match time.len() {
        19 => f64::from(number(17, 19)?),
        _ => time.get(17..)?.parse().ok()?,
    };
    date.and_hms(number(11, 13)?, number(14, 16)? as u8, seconds)
        .ok()
}
