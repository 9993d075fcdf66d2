// Command excelize makes an XLSX file of sample orders with its StreamWriter.
package main

import (
	"archive/zip"
	"compress/flate"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"rivals/copytext"
)

const (
	number = iota
	text
	timestamp
)

var columns = [...]struct {
	label string
	kind  int
	width float64
}{
	{"Order ID", number, 12},
	{"Tenant", text, 38},
	{"User", text, 38},
	{"Customer ID", number, 12},
	{"Customer", text, 20},
	{"E-mail", text, 30},
	{"Status", text, 10},
	{"Total", number, 12},
	{"Currency", text, 8},
	{"Quantity", number, 8},
	{"Note", text, 24},
	{"Placed at", timestamp, 20},
	{"Updated at", timestamp, 20},
}

func main() {
	values := make([]any, len(columns))
	copytext.Main(func(fields []copytext.Field) { fill(values, fields, 0) }, encode)
}

func encode(input, output string) error {
	file := excelize.NewFile(excelize.Options{TmpDir: filepath.Dir(output)})
	defer file.Close()
	// The standard library's compressor, at its fastest.
	file.SetZipWriter(func(w io.Writer) excelize.ZipWriter {
		archive := zip.NewWriter(w)
		archive.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
			return flate.NewWriter(out, flate.BestSpeed)
		})
		return archive
	})
	if err := file.SetSheetName("Sheet1", "Orders"); err != nil {
		return err
	}
	bold, err := file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	timeFormat := "yyyy-mm-dd hh:mm:ss"
	timeStyle, err := file.NewStyle(&excelize.Style{CustomNumFmt: &timeFormat})
	if err != nil {
		return err
	}
	sheet, err := file.NewStreamWriter("Orders")
	if err != nil {
		return err
	}
	values := make([]any, len(columns))
	for index, column := range columns {
		if err := sheet.SetColWidth(index+1, index+1, column.width); err != nil {
			return err
		}
		values[index] = excelize.Cell{StyleID: bold, Value: column.label}
	}
	if err := sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := sheet.SetRow("A1", values); err != nil {
		return err
	}
	row := 1
	err = copytext.ReadRows(input, func(fields []copytext.Field) error {
		row++
		fill(values, fields, timeStyle)
		return sheet.SetRow("A"+strconv.Itoa(row), values)
	})
	if err != nil {
		return err
	}
	if err := sheet.Flush(); err != nil {
		return err
	}
	return file.SaveAs(output)
}

// fill sets the values of a row. What has no number or date in a spreadsheet is text.
func fill(values []any, fields []copytext.Field, timeStyle int) {
	for index, field := range fields {
		values[index] = valueOf(field, columns[index].kind, timeStyle)
	}
}

func valueOf(field copytext.Field, kind, timeStyle int) any {
	if field.IsNull {
		return nil
	}
	switch kind {
	case number:
		if value, err := strconv.ParseFloat(field.Text, 64); err == nil {
			return value
		}
	case timestamp:
		if at, isTime := timeOf(field.Text); isTime {
			return excelize.Cell{StyleID: timeStyle, Value: at}
		}
	}
	return field.Text
}

// timeOf reads `2026-01-31 13:45:00+00`, with or without a fraction.
func timeOf(text string) (time.Time, bool) {
	if len(text) < 22 || text[len(text)-3:] != "+00" || text[:4] < "1900" {
		return time.Time{}, false
	}
	at := func(from, to int) int {
		value := 0
		for _, digit := range []byte(text[from:to]) {
			value = value*10 + int(digit-'0')
		}
		return value
	}
	nanoseconds := 0
	if fraction, err := strconv.ParseFloat("0"+text[19:len(text)-3], 64); err == nil {
		nanoseconds = int(fraction * 1e9)
	}
	month := time.Month(at(5, 7))
	return time.Date(at(0, 4), month, at(8, 10), at(11, 13), at(14, 16), at(17, 19), nanoseconds, time.UTC), true
}
