// Package copytext reads rows of COPY's text format:
// https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-FILE-FORMATS
package copytext

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

const chunkBytes = 256 * 1024

// Field is the text of a value; where IsNull is set there is none.
type Field struct {
	Text   string
	IsNull bool
}

// ReadRows calls useRow with the fields of each row, which are valid only until it is done.
func ReadRows(path string, useRow func([]Field) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	input := bufio.NewReaderSize(file, chunkBytes)
	var fields []Field
	for {
		line, err := readLine(input)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		fields = fields[:0]
		for isLast := false; !isLast; {
			field := line
			if end := bytes.IndexByte(line, '\t'); end >= 0 {
				field, line = line[:end], line[end+1:]
			} else {
				isLast = true
			}
			fields = append(fields, fieldOf(field))
		}
		if err := useRow(fields); err != nil {
			return err
		}
	}
}

func readLine(input *bufio.Reader) ([]byte, error) {
	line, err := input.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		begin := bytes.Clone(line)
		line, err = input.ReadBytes('\n')
		line = append(begin, line...)
	}
	if err != nil {
		return nil, err
	}
	return line[:len(line)-1], nil
}

var escapes = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

func fieldOf(bytesOf []byte) Field {
	if len(bytesOf) == 2 && bytesOf[0] == '\\' && bytesOf[1] == 'N' {
		return Field{IsNull: true}
	}
	if bytes.IndexByte(bytesOf, '\\') < 0 {
		return Field{Text: string(bytesOf)}
	}
	text := make([]byte, 0, len(bytesOf))
	for at := 0; at < len(bytesOf); at++ {
		letter := bytesOf[at]
		if letter == '\\' {
			at++
			letter = bytesOf[at]
			if character, isEscape := escapes[letter]; isEscape {
				letter = character
			}
		}
		text = append(text, letter)
	}
	return Field{Text: string(text)}
}

// Parse does only what comes before encoding: output then says how many rows there are, and the sum of their ids.
func Parse(input, output string, use func([]Field)) error {
	rows, sum := 0, 0
	err := ReadRows(input, func(fields []Field) error {
		use(fields)
		id, err := strconv.Atoi(fields[0].Text)
		rows, sum = rows+1, sum+id
		return err
	})
	if err != nil {
		return err
	}
	return os.WriteFile(output, fmt.Appendf(nil, "%d %d", rows, sum), 0o644)
}

// Main runs a program of `[--parse] INPUT OUTPUT`.
func Main(use func([]Field), encode func(input, output string) error) {
	var err error
	switch arguments := os.Args[1:]; {
	case len(arguments) == 3 && arguments[0] == "--parse":
		err = Parse(arguments[1], arguments[2], use)
	case len(arguments) == 2:
		err = encode(arguments[0], arguments[1])
	default:
		err = fmt.Errorf("usage: %s [--parse] INPUT OUTPUT", os.Args[0])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
