// Command fpdf makes a PDF file of sample orders, with the TrueType font that FONT names.
package main

import (
	"os"
	"strconv"
	"strings"

	"github.com/go-pdf/fpdf"

	"rivals/copytext"
)

// In points, on A4 in landscape.
const (
	fontSize    = 5.5
	rowHeight   = 11
	margin      = 20
	pageHeight  = 595.28
	rowsPerPage = 45
)

var columns = [...]struct {
	label  string
	width  float64
	most   int
	number bool
}{
	{"Order ID", 36, 10, true},
	{"Tenant", 122, 37, false},
	{"User", 122, 37, false},
	{"Customer ID", 36, 10, true},
	{"Customer", 64, 19, false},
	{"E-mail", 98, 30, false},
	{"Status", 32, 10, false},
	{"Total", 46, 14, true},
	{"Currency", 26, 8, false},
	{"Quantity", 26, 8, true},
	{"Note", 68, 20, false},
	{"Placed at", 74, 29, false},
	{"Updated at", 74, 29, false},
}

func main() {
	copytext.Main(func(fields []copytext.Field) {
		for index, field := range fields {
			cut(field.Text, columns[index].most)
		}
	}, encode)
}

func encode(input, output string) error {
	font, err := os.ReadFile(os.Getenv("FONT"))
	if err != nil {
		return err
	}
	pdf := fpdf.New("L", "pt", "A4", "")
	pdf.SetCompression(true)
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetTitle("Orders", true)
	pdf.AddUTF8FontFromBytes("body", "", font)
	pdf.SetFont("body", "", fontSize)
	page, row := 0, rowsPerPage
	err = copytext.ReadRows(input, func(fields []copytext.Field) error {
		if row == rowsPerPage {
			page, row = page+1, 0
			begin(pdf, page)
		}
		for index, field := range fields {
			column := columns[index]
			align := "L"
			if column.number {
				align = "R"
			}
			pdf.CellFormat(column.width, rowHeight, cut(field.Text, column.most), "", 0, align, false, 0, "")
		}
		pdf.Ln(rowHeight)
		row++
		return pdf.Error()
	})
	if err != nil {
		return err
	}
	return pdf.OutputFileAndClose(output)
}

// begin opens a page with its number and the columns' labels.
func begin(pdf *fpdf.Fpdf, page int) {
	pdf.AddPage()
	pdf.SetXY(margin, pageHeight-margin-rowHeight)
	pdf.CellFormat(0, rowHeight, "Page "+strconv.Itoa(page), "", 0, "R", false, 0, "")
	pdf.SetXY(margin, margin)
	for _, column := range columns {
		pdf.CellFormat(column.width, rowHeight, column.label, "B", 0, "L", false, 0, "")
	}
	pdf.Ln(rowHeight)
}

// isAstral says whether the library, which has no characters beyond U+FFFF, would panic.
func isAstral(character rune) bool { return character > 0xFFFF }

// cut shortens text that has more characters than a column has room for, without measuring them.
func cut(text string, most int) string {
	if len(text) <= most && !strings.ContainsFunc(text, isAstral) {
		return text
	}
	characters := []rune(text)
	for index, character := range characters {
		if isAstral(character) {
			characters[index] = '\uFFFD'
		}
	}
	if len(characters) <= most {
		return string(characters)
	}
	return string(characters[:most-1]) + "…"
}
