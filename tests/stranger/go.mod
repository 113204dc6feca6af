module rekap.example/stranger

go 1.19
