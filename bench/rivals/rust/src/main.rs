//! `rust_xlsxwriter [--parse] INPUT OUTPUT`: an XLSX file of sample orders in COPY's text format.
//! With `--parse` only what comes before: `OUTPUT` then says how many rows there are, and the sum of their ids.

mod copy_text;
mod values;

use rust_xlsxwriter::{Format, Workbook};
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use values::{value_of, Kind, Value, COLUMNS};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--parse", input, output] => parse(Path::new(input), Path::new(output)),
        [input, output] => encode(Path::new(input), Path::new(output)),
        _ => Err("usage: rust_xlsxwriter [--parse] INPUT OUTPUT".into()),
    }
}

fn parse(input: &Path, output: &Path) -> Outcome {
    let (mut rows, mut sum) = (0_u64, 0.0);
    copy_text::read_rows(input, |values| -> Outcome {
        for (value, (_, kind, _)) in values.iter().zip(COLUMNS) {
            black_box(value.as_ref().map(|text| value_of(text, kind)));
        }
        rows += 1;
        sum += values[0].as_ref().map_or(Ok(0.0), |id| id.parse::<f64>())?;
        Ok(())
    })?;
    Ok(std::fs::write(output, format!("{rows} {sum}"))?)
}

fn encode(input: &Path, output: &Path) -> Outcome {
    let mut workbook = Workbook::new();
    workbook.set_zip_compression_level(1);
    workbook.set_tempdir(output.parent().ok_or("the output has no folder")?)?;
    let bold = Format::new().set_bold();
    let time_format = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name("Orders")?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, (label, kind, width)) in (0..).zip(COLUMNS) {
        sheet.set_column_width(column, width)?;
        // The column's format costs less than one of each cell.
        if matches!(kind, Kind::Time) {
            sheet.set_column_format(column, &time_format)?;
        }
        sheet.write_string_with_format(0, column, label, &bold)?;
    }
    let mut row = 0;
    copy_text::read_rows(input, |values| -> Outcome {
        row += 1;
        for (column, (value, (_, kind, _))) in (0..).zip(values.iter().zip(COLUMNS)) {
            let Some(text) = value else { continue };
            match value_of(text, kind) {
                Value::Number(number) => sheet.write_number(row, column, number)?,
                Value::Text(text) => sheet.write_string(row, column, text)?,
                Value::Time(time) => sheet.write_datetime(row, column, &time)?,
            };
        }
        Ok(())
    })?;
    sheet.autofilter(0, 0, row, COLUMNS.len() as u16 - 1)?;
    Ok(workbook.save(output)?)
}
