<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Banner</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_DeleteNow</name>
    <message numerus="yes">
        <source>Recordings older than %n day(s) are deleted.</source>
        <translation>
            <numerusform>Recordings older than %n day are deleted.</numerusform>
            <numerusform>Recordings older than %n days are deleted.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n recording(s) deleted.</source>
        <translation>
            <numerusform>%n recording deleted.</numerusform>
            <numerusform>%n recordings deleted.</numerusform>
        </translation>
    </message>
</context>
</TS>
