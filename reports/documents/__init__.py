"""Documents made of figures: PDF, XLSX and XML; each is a function of plain values."""
